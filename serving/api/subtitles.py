"""/v1/titles/{title}/subtitles: the tracks that players show, the cues that people correct, and the speakers' names."""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from ops.languages.table import languages
from ops.subtitles.corrections import Correction
from ops.subtitles.cue import CueTrack
from ops.subtitles.identity import base_hash, cue_ids
from resources.api_keys import Scope
from resources.ledger import LedgerRow, LedgerState, Showing
from resources.store.model import ArtifactKey, Manifest
from resources.subtitles.corrections import Corrections
from resources.subtitles.speakers import SpeakerNames
from serving.api.parameters import TheEdge, TitlePath
from serving.api.reviews import ApprovalIn
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import ProblemError, problems

__all__ = ["router"]

router = APIRouter(tags=["subtitles"])

_SUBTITLES, _QUALITY, _CUES, _SPEECH = "subtitles", "quality.json", "cues.json", "speech.json"
_LONGEST = 1000
_Language = Annotated[
    str, Path(pattern="^[a-z]{3}_[A-Z][a-z]{3}$", description="The language's code.", examples=["fra_Latn"])
]
_Cue = Annotated[
    str,
    Path(pattern="^[0-9a-z][0-9a-z+.-]*$", max_length=_LONGEST, description="Its id.", examples=["3fa2c1d09b1e-0.0"]),
]
_Speaker = Annotated[str, Path(pattern="^S[1-9][0-9]{0,2}$", description="The voice.", examples=["S1"])]
_Editor = Annotated[Caller, Depends(may(Scope.SUBTITLES))]


class TrackOut(BaseModel):
    """One language's subtitles."""

    language: str = Field(examples=["fra_Latn"])
    tag: str = Field(description="BCP 47, for `srclang`.", examples=["fr"])
    name: str = Field(examples=["French"])
    rtl: bool = Field(description="Whether it is written from right to left.")
    spoken: bool = Field(description="Whether it is what is spoken in the film.")
    showing: Showing = Field(description="How far it may be shown, by what was measured.")
    pass_rate: float | None = Field(description="Share of its sentences that pass.", examples=[0.98])
    vtt: str = Field(description="For players.")
    srt: str
    ass: str


class SubtitlesOut(BaseModel):
    """A title's tracks, what is spoken first."""

    title: str = Field(examples=["sintel"])
    tracks: list[TrackOut]


class CueOut(BaseModel):
    """A cue as it stands."""

    cue: str = Field(description="Its id, by which it is corrected.", examples=["3fa2c1d09b1e-0.0"])
    start_s: float = Field(examples=[12.18])
    end_s: float = Field(examples=[14.36])
    text: str = Field(examples=["What brings you to\nthe land of the gatekeepers?"])
    speakers: list[str] = Field(examples=[["S1"]])


class CuesOut(BaseModel):
    """A language's cues."""

    language: str = Field(examples=["eng_Latn"])
    showing: Showing
    why: str = Field(description="Why it may be shown no further.")
    cues: list[CueOut]
    conflicts: list[dict[str, str]] = Field(description="Corrections that wait, as what they correct has changed.")


class CorrectionIn(BaseModel):
    """What a cue must say, or when it must stand."""

    model_config = ConfigDict(extra="forbid")

    cue: str = Field(
        pattern="^[0-9a-z][0-9a-z+.-]*$", max_length=_LONGEST, description="Its id.", examples=["3fa2c1d09b1e-0.0"]
    )
    base_text: str = Field(
        max_length=_LONGEST, pattern=r"^[^\x00]*$", description="What it says as you saw it.", examples=["Helo."]
    )
    text: str = Field(
        max_length=_LONGEST,
        pattern=r"^[^\x00]*$",
        description="What it must say; the same where only its times are wrong, nothing where it is to go.",
        examples=["Hello."],
    )
    start_s: float | None = Field(None, ge=0, le=1e6, description="When it must come.", examples=[12.2])
    end_s: float | None = Field(None, ge=0, le=1e6, description="When it must go.", examples=[14.4])


class CorrectedOut(BaseModel):
    """A correction that is kept, and applied on every re-run from now on."""

    cue: str = Field(examples=["3fa2c1d09b1e-0.0"])
    text: str = Field(examples=["Hello."])
    changed: bool = Field(description="Whether it is another than stood.")


class ApprovedOut(BaseModel):
    """What a person's word holds for."""

    language: str = Field(examples=["fra_Latn"])
    version: str = Field(description="The version that was read.", examples=["20261121T120000000000-0123456789ab"])


class ForgottenOut(BaseModel):
    """What was taken back."""

    forgotten: int = Field(examples=[1])


class SpeakerOut(BaseModel):
    """A voice."""

    speaker: str = Field(examples=["S1"])
    name: str | None = Field(description="What a person called it.", examples=["Ishtar"])
    seconds: float = Field(description="For how long it speaks.", examples=[12.5])


class SpeakersOut(BaseModel):
    """A title's voices, in order of their first words."""

    speakers: list[SpeakerOut]


class NameIn(BaseModel):
    """What a voice is called."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$", examples=["Ishtar"]
    )


def _is_public(request: Request) -> bool:
    return request.app.state.edge.settings.public_thumbnails


@router.get(
    "/v1/titles/{title}/subtitles",
    summary="The tracks of a title",
    dependencies=[Depends(may(Scope.THUMBNAILS, unless=_is_public))],
    response_model=SubtitlesOut,
    responses={
        304: {"description": "You have the answer (`If-None-Match`)."},
        **problems(401, 403, 404, 422, 429, 503),
    },
)
async def tracks(
    request: Request,
    edge: TheEdge,
    title: TitlePath,
    drafts: Annotated[bool, Query(description="Also what a person should look at first.")] = False,
) -> Response:
    """Lists the languages that may be shown, with the addresses of their files, which are to be kept for ever.

    What is withheld, as too little of it passes, is never listed. This answer changes as languages are made.
    """
    told = await asyncio.to_thread(_tracks, edge, title, drafts)
    body = told.model_dump_json().encode()
    known = f'"{sha256(body).hexdigest()}"'
    headers = {
        "ETag": known,
        "Access-Control-Allow-Origin": "*",
        "Vary": "Authorization",
        "Cache-Control": "private, max-age=60",
    }
    if known in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.get(
    "/v1/titles/{title}/subtitles/{language}/cues",
    summary="The cues of a language",
    dependencies=[Depends(may(Scope.SUBTITLES))],
    responses=problems(401, 403, 404, 422, 429, 503),
)
def cues(edge: TheEdge, title: TitlePath, language: _Language) -> CuesOut:
    """Shows a language's cues with their ids, and the corrections that wait because what they correct has changed."""
    manifest = _manifest(edge, title, language)
    track, told = _track(edge, manifest), _json(edge, manifest, _QUALITY)
    return CuesOut(
        language=language,
        showing=told["showing"],
        why=told["why"],
        cues=[
            CueOut(
                cue=name,
                start_s=round(float(track.start_s(cue)), 3),
                end_s=round(float(track.end_s(cue)), 3),
                text=cue.text,
                speakers=list(cue.speakers),
            )
            for name, cue in zip(cue_ids(track), track.cues, strict=True)
        ],
        conflicts=told["corrections"]["conflicts"],
    )


@router.post(
    "/v1/titles/{title}/subtitles/{language}/corrections",
    summary="Correct a cue",
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
def correct(
    edge: TheEdge, caller: _Editor, title: TitlePath, language: _Language, correction: CorrectionIn
) -> CorrectedOut:
    """Keeps a correction, which every re-run applies; what it touches is ordered with it.

    Where the cue says something else by now than you saw, it is a conflict, with what it says. A correction of what is
    spoken also re-translates its sentence in every language, and no other.
    """
    manifest = _manifest(edge, title, language)
    track = _track(edge, manifest)
    there = next((cue for name, cue in zip(cue_ids(track), track.cues, strict=True) if name == correction.cue), None)
    if there is None:
        raise ProblemError(409, f"{correction.cue}: there is no such cue any more; ask for the cues again.")
    if base_hash(there.text) != base_hash(correction.base_text):
        raise ProblemError(409, f"{correction.cue}: it says “{there.text}” by now; ask for the cues again.")
    kept = Correction(language, **correction.model_dump(), at_s=round(float(track.start_s(there)), 3))
    changed = Corrections(edge.database).hand_in(title, [kept], who=caller.name, spoken=_spoken(edge, title))
    return CorrectedOut(cue=correction.cue, text=correction.text, changed=changed > 0)


@router.post(
    "/v1/titles/{title}/subtitles/{language}/approve",
    summary="Approve a language",
    responses=problems(401, 403, 404, 413, 422, 429, 503),
)
def approve(edge: TheEdge, caller: _Editor, title: TitlePath, language: _Language, word: ApprovalIn) -> ApprovedOut:
    """Says that a person has read all cues of a language and that they may be shown, whatever was measured of them.

    It is published within a minute, and holds for these very cues: what is made anew is judged anew.
    """
    manifest = _manifest(edge, title, language)
    edge.reviews.approve_subtitles(manifest.key, manifest.quality["files"]["srt"], who=caller.name, note=word.note)
    return ApprovedOut(language=language, version=manifest.version)


@router.delete(
    "/v1/titles/{title}/subtitles/{language}/corrections/{cue}",
    summary="Take corrections back",
    dependencies=[Depends(may(Scope.SUBTITLES))],
    responses=problems(401, 403, 404, 422, 429, 503),
)
def forget(edge: TheEdge, title: TitlePath, language: _Language, cue: _Cue) -> ForgottenOut:
    """Forgets the corrections of a cue; it says again what was heard or translated. Safe to repeat."""
    _known(edge, title)
    gone = Corrections(edge.database).take_back(title, language, cue, spoken=_spoken(edge, title))
    return ForgottenOut(forgotten=gone)


@router.get(
    "/v1/titles/{title}/speakers",
    summary="Who speaks",
    dependencies=[Depends(may(Scope.SUBTITLES))],
    responses=problems(401, 403, 404, 422, 429, 503),
)
def speakers(edge: TheEdge, title: TitlePath) -> SpeakersOut:
    """Lists the voices of a title."""
    told = _speech(edge, title)
    seconds: dict[str, float] = {}
    for turn in told["turns"]:
        seconds[turn["speaker"]] = seconds.get(turn["speaker"], 0.0) + turn["end_s"] - turn["start_s"]
    return SpeakersOut(
        speakers=[
            SpeakerOut(speaker=speaker, name=told["names"].get(speaker), seconds=round(spoken, 2))
            for speaker, spoken in seconds.items()
        ]
    )


@router.put(
    "/v1/titles/{title}/speakers/{speaker}",
    summary="Call a voice by its name",
    responses=problems(401, 403, 404, 413, 422, 429, 503),
)
def call(edge: TheEdge, caller: _Editor, title: TitlePath, speaker: _Speaker, name: NameIn) -> SpeakerOut:
    """Gives a voice its name, which stays its own however a re-run numbers the voices."""
    turns = [(turn["start_s"], turn["end_s"]) for turn in _speech(edge, title)["turns"] if turn["speaker"] == speaker]
    if not turns:
        raise ProblemError(404, f"{title}: has no speaker {speaker}.")
    SpeakerNames(edge.database).call(title, name.name, turns, who=caller.name)
    return SpeakerOut(speaker=speaker, name=name.name, seconds=round(sum(end - start for start, end in turns), 2))


def _tracks(edge: Edge, title: str, drafts: bool) -> SubtitlesOut:
    """By the ledger alone: players ask often, and 202 manifests are 202 requests to a store."""
    _known(edge, title)
    shown = {Showing.PUBLISHED, *([Showing.DRAFT] if drafts else [])}
    rows = {row.key.asset: row for row in edge.ledger.rows(title)}
    spoken = rows["transcript"].quality.get("language") if "transcript" in rows else None
    found = [
        _out(edge, row, row.showing, spoken)
        for row in rows.values()
        if row.key.artifact == _SUBTITLES
        and row.version is not None
        and row.showing is not None
        and row.showing in shown
    ]
    return SubtitlesOut(title=title, tracks=sorted(found, key=lambda one: (not one.spoken, one.name)))


def _out(edge: Edge, row: LedgerRow, showing: Showing, spoken: str | None) -> TrackOut:
    language, files = languages()[row.key.variant], row.quality["files"]
    addresses = {
        kind: edge.links.to(row.key, str(row.version), f"{language.bcp47}.{kind}", files[kind])
        for kind in ("vtt", "srt", "ass")
    }
    return TrackOut(
        language=language.code,
        tag=language.bcp47,
        name=language.name,
        rtl=language.rtl,
        spoken=language.code == spoken,
        showing=showing,
        pass_rate=row.quality.get("pass_rate"),
        **addresses,
    )


def _known(edge: Edge, title: str) -> None:
    if edge.catalogue.find(title) is None:
        raise ProblemError(404, f"{title}: is not in the catalogue.")


def _manifest(edge: Edge, title: str, language: str) -> Manifest:
    _known(edge, title)
    manifest = edge.store.manifest(ArtifactKey(title, _SUBTITLES, language))
    if manifest is None:
        raise ProblemError(404, f"{title}: has no subtitles in {language} yet.")
    return manifest


def _spoken(edge: Edge, title: str) -> str | None:
    row = edge.ledger.row(ArtifactKey(title, "transcript"))
    return None if row is None or row.state is LedgerState.SKIPPED else row.quality.get("language")


def _speech(edge: Edge, title: str) -> dict[str, Any]:
    _known(edge, title)
    manifest = edge.store.manifest(ArtifactKey(title, "speech"))
    if manifest is None:
        raise ProblemError(404, f"{title}: nobody has listened to it yet.")
    return _json(edge, manifest, _SPEECH)


def _track(edge: Edge, manifest: Manifest) -> CueTrack:
    return CueTrack.from_json(_json(edge, manifest, _CUES))


def _json(edge: Edge, manifest: Manifest, name: str) -> dict[str, Any]:
    return json.loads(edge.store.fetch(manifest, name).read_text(encoding="utf-8"))
