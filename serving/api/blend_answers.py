"""What the API answers about blends."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, Field

from resources.blends import Blend, Blends, BlendState, Feedback
from resources.store.model import ArtifactKey, StoredFile
from serving.edge import Edge
from serving.problems import ProblemError

__all__ = ["BlendOut", "BlendPath", "blend_out", "held_address", "held_picture", "known_blend"]

_ARTIFACT, _PICTURE, _PREVIEW = "blended_image", "blend.png", "blend.jpg"

BlendPath = Annotated[
    str, Path(pattern="^blend-[0-9a-f]{16}$", description="Its id.", examples=["blend-0123456789abcdef"])
]


class BlendOut(BaseModel):
    """A published recipe, and its picture once there is one."""

    id: str = Field(description="The same recipe twice is one blend.", examples=["blend-0123456789abcdef"])
    name: str
    state: BlendState
    why: str = Field(description="Why it failed, waits for a person, is made again; or who approved or rejected it.")
    held: str | None = Field(description="Where reviewers see the picture that waits for a person's word; none waits.")
    recipe: dict[str, Any]
    picture: str | None = Field(description="The finished picture, PNG; none while there is none.")
    preview: str | None = Field(description="The same as a signed JPEG.")
    engine: str | None = Field(description="The network that read its pictures.")
    feedback: dict[Feedback, int] = Field(description="How often each was said.")


def known_blend(kept: Blends, blend: str) -> Blend:
    """A blend that somebody named.

    Raises:
        ProblemError: There is no such blend.
    """
    found = kept.get(blend)
    if found is None:
        raise ProblemError(404, f"{blend}: there is no such blend.")
    return found


def blend_out(edge: Edge, kept: Blends, blend: Blend) -> BlendOut:
    """A blend as clients see it."""
    manifest = edge.store.manifest(ArtifactKey(blend.id, _ARTIFACT))
    links = {}
    if manifest is not None:
        links = {
            file: edge.links.to(manifest.key, manifest.version, file, manifest.file(file).sha256)
            for file in (_PICTURE, _PREVIEW)
        }
    return BlendOut(
        id=blend.id,
        name=blend.name,
        state=blend.state,
        why=blend.why,
        held=held_address(blend),
        recipe=blend.recipe.to_json(),
        picture=links.get(_PICTURE),
        preview=links.get(_PREVIEW),
        engine=None if manifest is None else manifest.made_by.model,
        feedback=kept.said(blend.id),
    )


def held_address(blend: Blend) -> str | None:
    """Where reviewers see the picture that waits; another picture has another address."""
    if blend.state is not BlendState.HELD:
        return None
    return f"/v1/blends/{blend.id}/held?version={blend.held.rpartition('/')[2]}"


def held_picture(edge: Edge, blend: Blend) -> StoredFile | None:
    """The picture of a held blend, as the store keeps it; None where it is not kept any more."""
    return next((file for file in edge.store.held(blend.held) if file.name == _PICTURE), None)
