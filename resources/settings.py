"""Every switch of the house, read once from the environment.

Belongs here: names, defaults and validation of `SHOWRUNNER_*` and DATABASE_URL, and where things lie below
the home folder. Does not belong here: opening what a setting names (see database.py, store/).
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ops.errors import SettingsError
from ops.languages.table import TOP, by_reach
from resources.models.choice import EMBEDDED, engine_validator
from resources.setting_texts import (
    S3Location,
    aspects,
    languages_wanted,
    listed,
    networks,
    parse_place,
    place,
    postgres_url,
    secret_web_address,
    spoken_language,
    web_address,
)

__all__ = ["S3Location", "Settings", "load_settings", "variable_of"]

_PREFIX = "SHOWRUNNER_"
_NEAR_MISS = 0.87  # "SHOWRUNNER_STOER" against STORE is 0.93; Kubernetes' own SHOWRUNNER_SERVICE_HOST stays below 0.7


class Settings(BaseSettings):
    """The validated settings; frozen, secrets masked in every text form."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, frozen=True, extra="forbid", populate_by_name=True
    )

    home: Path = Field(Path(".showrunner"), description="Folder of the embedded database, store, cache and galleries.")
    database_url: Annotated[SecretStr, AfterValidator(postgres_url)] | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL"),
        description="PostgreSQL server; unset means the embedded one below home.",
    )
    database_connections: int = Field(4, ge=2, le=100, description="Most connections one process holds at once.")
    store: Annotated[str, AfterValidator(place)] | None = Field(
        None, description="Artifact store: a folder's path or s3://bucket/prefix; unset means home/store."
    )
    s3_endpoint_url: Annotated[str, AfterValidator(web_address)] | None = Field(
        None, description="S3 endpoint where it is not Amazon's."
    )
    s3_region: str | None = Field(None, description="S3 region; unset leaves it to the usual AWS sources.")
    s3_access_key_id: str | None = Field(None, description="S3 key id; unset leaves it to the usual AWS sources.")
    s3_secret_access_key: SecretStr | None = Field(None, description="The secret of s3_access_key_id.")
    keep_versions: int = Field(5, ge=1, le=1000, description="Versions of an artifact kept for rolling back.")
    cache_gib: float = Field(20.0, gt=0, description="Disk that downloads from an S3 store may fill, GiB.")
    executor: Literal["multiprocess", "k8s", "in_process"] = Field(
        "multiprocess", description="What runs a run's steps."
    )
    gpu_image: str | None = Field(
        None, description="Image of Kubernetes steps that ask for a GPU; unset means the code location's own."
    )
    images: dict[str, str] = Field(
        {}, description="Images of Kubernetes steps by the name their placement has, as JSON; others get the usual."
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="What pre-trained engines run on.")
    embedding_engine: Annotated[str, AfterValidator(engine_validator("embedding_engine"))] = Field(
        EMBEDDED, description="Turns pictures and words into vectors: embedded, or clip[:model]."
    )
    faces_engine: Annotated[str, AfterValidator(engine_validator("faces_engine"))] = Field(
        EMBEDDED, description="Finds faces: embedded, or mediapipe:model.tflite."
    )
    objects_engine: Annotated[str, AfterValidator(engine_validator("objects_engine"))] = Field(
        EMBEDDED, description="Finds what a picture is of: embedded, yolo:model.onnx, or rtdetr[:model]."
    )
    aesthetics_engine: Annotated[str, AfterValidator(engine_validator("aesthetics_engine"))] = Field(
        EMBEDDED, description="Judges how pleasing a picture is: embedded, or laion:head (needs clip)."
    )
    text_engine: Annotated[str, AfterValidator(engine_validator("text_engine"))] = Field(
        EMBEDDED, description="Writes taglines and prompts: embedded (templates), or causal-lm[:model]."
    )
    image_engine: Annotated[str, AfterValidator(engine_validator("image_engine"))] = Field(
        EMBEDDED, description="Paints pictures: embedded (compositor), or sdxl-turbo[:model]."
    )
    image_lora: str | None = Field(None, description="LoRA weights for the image engine: a path or hub id.")
    style_prompt_engine: Literal["embedded", "image_engine"] = Field(
        "embedded",
        description="Makes styles of words: embedded (a lexicon), or image_engine (of a picture it paints).",
    )
    image_safety_engine: Annotated[str, AfterValidator(engine_validator("image_safety_engine"))] = Field(
        EMBEDDED,
        description="Judges whether a generated picture may be shown: embedded (a person does), or classifier[:model].",
    )
    blend_features: Annotated[str, AfterValidator(engine_validator("blend_features"))] = Field(
        EMBEDDED,
        description="Reads styles and contents of blends: embedded (a seeded random VGG), vgg19:weights or"
        " resnet50:weights.",
    )
    speech_emotion_engine: Annotated[str, AfterValidator(engine_validator("speech_emotion_engine"))] = Field(
        EMBEDDED, description="Hears what voices feel: embedded (features of the sound), or speech-classifier:model."
    )
    face_emotion_engine: Annotated[str, AfterValidator(engine_validator("face_emotion_engine"))] = Field(
        EMBEDDED, description="Sees what faces feel: embedded (colours alone), or face-classifier[:model]."
    )
    voices_engine: Annotated[str, AfterValidator(engine_validator("voices_engine"))] = Field(
        EMBEDDED, description="Tells voices apart: embedded (spectral descriptors), or xvector:model."
    )
    recogniser_engine: Annotated[str, AfterValidator(engine_validator("recogniser_engine"))] = Field(
        EMBEDDED, description="Hears words: embedded (PocketSphinx, English drafts), or whisper[:model]."
    )
    translation_engine: Annotated[str, AfterValidator(engine_validator("translation_engine"))] = Field(
        EMBEDDED,
        description="Translates subtitles: embedded (nothing does), nllb[:model] (its weights are CC-BY-NC),"
        " madlad[:model] or apertium.",
    )
    language: Annotated[str, AfterValidator(spoken_language)] | None = Field(
        None, description="Language spoken in films that neither declare nor tag one: eng_Latn, or a tag such as en."
    )
    subtitle_languages: Annotated[str, AfterValidator(languages_wanted)] = Field(
        "none",
        description="Languages that every title with speech gets beside its own: codes with commas, top, all, or none.",
    )
    subtitle_profile: Literal["netflix", "bbc", "ted", "amazon", "shorts"] = Field(
        "netflix", description="Whose rules subtitles keep to."
    )
    subtitle_audience: Literal["adult", "child"] = Field("adult", description="Whose reading speed subtitles keep to.")
    subtitle_formality: Literal["default", "formal", "informal"] = Field(
        "default", description="How subtitles address people, as far as rules can mend it."
    )
    subtitle_terms: Path | None = Field(
        None, description="TOML file of terms: how they are translated, and what is never translated."
    )
    subtitle_rewriter: Annotated[str, AfterValidator(engine_validator("subtitle_rewriter"))] = Field(
        EMBEDDED, description="Shortens translations that are too long to read: embedded (nothing does), or causal-lm."
    )
    blocked_words: Path | None = Field(
        None, description="TOML file of words and names that are not set on pictures, beside the house's own lists."
    )
    credentials: Literal["on", "off"] = Field("on", description="Whether published pictures are signed (C2PA).")
    c2pa_certificate: Path | None = Field(
        None,
        description="PEM file of the signing certificate and its chain, leaf first; unset, one is made below home.",
    )
    c2pa_key: SecretStr | None = Field(
        None, description="Private key of c2pa_certificate (P-256): a PEM file's path, or the PEM itself."
    )
    inbox: Annotated[str, AfterValidator(place)] | None = Field(
        None, description="Where new masters arrive: a folder's path or s3://bucket/prefix; unset means none."
    )
    inbox_settle_s: float = Field(30.0, ge=0, description="Seconds without growth before a file counts as written.")
    alert_webhook_url: Annotated[SecretStr, AfterValidator(secret_web_address)] | None = Field(
        None, description="Receives a JSON POST about every failed run."
    )
    hot_titles: int = Field(10_000, ge=1, le=100_000, description="Most titles that are Dagster partitions at once.")
    idle_days: float = Field(90.0, gt=0, description="Days untouched after which a hot title retires.")
    batch_titles: int = Field(50, ge=1, le=1000, description="Most titles of one batch run.")
    batch_runs: int = Field(20, ge=1, le=1000, description="Most un-started batch runs at a time.")
    experiment_interval_s: float = Field(3600.0, ge=0, description="Seconds between two looks at a running experiment.")
    test_aspects: Annotated[str, AfterValidator(aspects)] = Field(
        "16x9",
        description="Shapes whose first test starts by itself once viewers see the title, such as 16x9,2x3; or none.",
    )
    tests_at_once: int = Field(
        1000, ge=0, le=100_000, description="Running experiments beyond which no first test starts by itself."
    )
    trailer_music: str = Field(
        "auto",
        min_length=1,
        description="Music of trailers: auto (the film's own where a passage will do, else composed), film,"
        " synthesised, or a track's path.",
    )
    trailer_destination: Literal["web", "mobile", "broadcast"] = Field(
        "web", description="Where trailers are shown, by loudness: web -14, mobile -16, broadcast -23 LUFS."
    )
    trailer_spoiler_limit: float = Field(
        0.85, gt=0.1, le=1, description="Share of a film, from its beginning, that its trailers may show."
    )
    trailer_encoder: Literal["auto", "nvenc", "x264", "svtav1"] = Field(
        "auto", description="What encodes trailers; auto takes NVENC where it works, else x264."
    )
    trailer_completion_target: float = Field(
        0.5,
        gt=0,
        lt=1,
        description="Share of viewers who see a trailer to its end card, or go on to the film, below which a new cut is"
        " made. Two thirds finish a video of under a minute that they started themselves; lower it for autoplay.",
    )
    trailer_min_viewers: int = Field(
        200, ge=20, le=10_000_000, description="Viewers that a trailer needs before it is held against that target."
    )
    master_max_gib: float = Field(500.0, gt=0, description="A larger file is not taken as a master, GiB.")
    viewer_secret: SecretStr | None = Field(
        None,
        min_length=32,
        description="Key that turns viewers' names into pseudonyms, 32 characters or more; unset with the embedded"
        " database, one is made below home.",
    )
    cdn_url: Annotated[str, AfterValidator(web_address)] | None = Field(
        None,
        description="Base address of pictures and files where a CDN stands before serving; unset means serving's own.",
    )
    cloudfront_distribution: Annotated[str, StringConstraints(pattern="^[A-Z0-9]{6,32}$")] | None = Field(
        None, description="CloudFront distribution before serving, whose copies of thumbnail aliases are kept fresh."
    )
    media_secret: SecretStr | None = Field(
        None,
        min_length=32,
        description="Key that signs media addresses, 32 characters or more; unset, they are unsigned.",
    )
    media_expires_s: float = Field(
        86_400.0, ge=60, le=30 * 86_400, description="Seconds a signed media address works, at least."
    )
    public_thumbnails: bool = Field(
        False, description="Answer thumbnail requests without an API key, as <img> tags of a front page need."
    )
    style_networks_folder: Path | None = Field(
        None, description="Folder of style networks in public formats, each of which joins the library of styles."
    )
    live_workers: int = Field(
        2, ge=1, le=64, description="Most processes that style films while they are watched, on this machine."
    )
    live_workers_at: str | None = Field(
        None,
        description="Services that style films while they are watched, where this machine does not: grade+overlay="
        "http://host:port,neural=http://…; each makes the kinds of styles before its address.",
    )
    live_cache_gib: float = Field(20.0, gt=0, description="Disk that finished segments of live streams may fill, GiB.")
    live_popular_streams: int = Field(
        20, ge=1, le=1_000_000, description="Viewers of a title in one look within a day for whom it is made for good."
    )
    events_keep_days: float = Field(395.0, gt=0, description="Days after which viewers' events are deleted.")
    trusted_proxies: Annotated[str, AfterValidator(networks)] | None = Field(
        None,
        description="Addresses or networks of the balancers before serving, comma-separated: their X-Forwarded-For and"
        " -Proto are believed; unset, nobody's are.",
    )
    requests_per_s: float = Field(50.0, gt=0, description="Requests a second that one address without a key may make.")

    @model_validator(mode="after")
    def _keys_come_in_pairs(self) -> Self:
        if (self.s3_access_key_id is None) != (self.s3_secret_access_key is None):
            missing = "S3_SECRET_ACCESS_KEY" if self.s3_secret_access_key is None else "S3_ACCESS_KEY_ID"
            raise ValueError(f"{_PREFIX}{missing} is not set while its other half is; set both or neither")
        if (self.c2pa_certificate is None) != (self.c2pa_key is None):
            missing = "C2PA_KEY" if self.c2pa_key is None else "C2PA_CERTIFICATE"
            raise ValueError(f"{_PREFIX}{missing} is not set while its other half is; set both or neither")
        return self

    @property
    def store_place(self) -> Path | S3Location:
        """Where artifacts are published."""
        return self.home / "store" if self.store is None else parse_place(self.store)

    @property
    def inbox_place(self) -> Path | S3Location | None:
        """Where new masters arrive, or None."""
        return None if self.inbox is None else parse_place(self.inbox)

    @property
    def first_tests(self) -> list[str]:
        """The shapes whose first test starts by itself."""
        return listed(self.test_aspects)

    @property
    def translated_languages(self) -> tuple[str, ...]:
        """The languages that every title with speech gets beside its own, those with most readers first."""
        named = self.subtitle_languages
        if named == "none":
            return ()
        ranked = [each.code for each in by_reach()]
        wanted = {"all": set(ranked), "top": set(ranked[:TOP])}.get(named) or set(named.split(","))
        return tuple(code for code in ranked if code in wanted)

    @property
    def postgres_folder(self) -> Path:
        """The embedded database's folder."""
        return self.home / "postgres"

    @property
    def dagster_folder(self) -> Path:
        """Dagster's local storage."""
        return self.home / "dagster"

    @property
    def galleries_folder(self) -> Path:
        """The gallery pages."""
        return self.home / "galleries"

    @property
    def credentials_folder(self) -> Path:
        """The signing chain that is made where none is given."""
        return self.home / "credentials"

    @property
    def cache_folder(self) -> Path:
        """What may be deleted at any time."""
        return self.home / "cache"


def variable_of(field: str) -> str:
    """The environment variable that sets a field."""
    return "DATABASE_URL" if field == "database_url" else f"{_PREFIX}{field.upper()}"


def load_settings(home: Path | None = None, **overrides: Any) -> Settings:
    """Reads and validates the settings.

    Args:
        home: The home folder where a caller's flag gives it; wins over SHOWRUNNER_HOME.
        overrides: Fields that win over the environment.

    Raises:
        SettingsError: A variable is misspelt or cannot be used; names the variable, never a secret's value.
    """
    _refuse_near_misses()
    if home is not None:
        overrides["home"] = home
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise _explain(error) from None
    place = settings.home.expanduser().absolute()
    if place.exists() and not place.is_dir():
        raise SettingsError("the home is a file", where=place, fix="Set SHOWRUNNER_HOME or --home to a folder.")
    return settings.model_copy(update={"home": place})


def _refuse_near_misses() -> None:
    """A misspelt variable would be ignored in silence, and the default used in its place."""
    known = [variable_of(field) for field in Settings.model_fields]
    for name in os.environ:
        if not name.startswith(_PREFIX) or name in known:
            continue
        close = difflib.get_close_matches(name, known, n=1, cutoff=_NEAR_MISS)
        if close:
            raise SettingsError("is not a setting", where=name, fix=f"Did you mean {close[0]}? Rename or unset it.")


def _explain(error: ValidationError) -> SettingsError:
    first = error.errors(include_url=False, include_context=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    field = "database_url" if field == "DATABASE_URL" else field
    message = first["msg"].removeprefix("Value error, ")
    if field not in Settings.model_fields:
        what = f"{field} is not a setting" if field else message
        return SettingsError(what, where=f"{_PREFIX}*", fix="docs/guide lists the settings.")
    told = Settings.model_fields[field].description or ""
    secret = "SecretStr" in str(Settings.model_fields[field].annotation)
    got = "" if secret else f" (it is {first['input']!r})"
    return SettingsError(f"{message}{got}", where=variable_of(field), fix=told)
