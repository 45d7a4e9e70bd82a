"""Content credentials: every published picture says, signed, what made it and from what (C2PA 2.2).

They are sealed in as a picture is published, after its data version was taken: a signature is another each time. What
came about how is read from the picture itself (its IPTC source type), so that what was held and released says the same.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import StoreError
from ops.thumbnails.saving import DigitalSource, saved_source
from resources.settings import Settings
from resources.signing_chain import SigningChain, read_chain, self_made_chain
from resources.store.model import ArtifactKey, MadeBy
from resources.store.staging import Seal

if TYPE_CHECKING:
    from c2pa import Context

__all__ = ["Credentials"]

_CODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MEDIA = {".jpg": "image/jpeg"}
_FILM = "film"  # the ingredient's label within a manifest


class Credentials:
    """Signs pictures by the settings' chain, or by one that is made below home.

    Raises:
        SettingsError: The settings name a chain that cannot sign.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._making = threading.Lock()
        if settings.credentials == "on" and settings.c2pa_certificate is not None:
            _ = self.chain  # what is wrong with it is told before anything is made

    @cached_property
    def chain(self) -> SigningChain:
        """What signs; made on first use where the settings name none."""
        settings = self._settings
        if settings.c2pa_certificate is not None and settings.c2pa_key is not None:
            return read_chain(settings.c2pa_certificate, settings.c2pa_key.get_secret_value())
        with self._making:
            return self_made_chain(settings.credentials_folder)

    def seal(self, key: ArtifactKey, made_by: MadeBy, inputs: Mapping[str, str]) -> Seal | None:
        """What `ArtifactStore.publish` seals an artifact's pictures with; None where credentials are off.

        Pictures that do not name their source type are left as they are.
        """
        if self._settings.credentials == "off":
            return None

        def seal(files: Mapping[str, Path], folder: Path) -> Mapping[str, Path]:
            sources = {
                name: source
                for name, path in files.items()
                if path.suffix in _MEDIA and (source := saved_source(path)) is not None
            }
            if not sources:
                return files
            with _context() as context:
                signed = {
                    name: self._signed(context, files[name], folder / name, told_of(key, made_by, inputs, source))
                    for name, source in sources.items()
                }
            return {**files, **signed}

        return seal

    def _signed(self, context: Context, picture: Path, to: Path, told: Mapping[str, Any]) -> Path:
        from c2pa import Builder, C2paError, C2paSignerInfo, Signer

        chain, media = self.chain, _MEDIA[picture.suffix]
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            with (
                Signer.from_info(
                    C2paSignerInfo(b"es256", chain.certificates.encode(), chain.key.encode(), None)
                ) as signer,
                Builder(json.dumps(told), context) as builder,
                picture.open("rb") as source,
                to.open("w+b") as target,
            ):
                builder.sign(signer, media, source, target)
        except C2paError as error:
            raise StoreError(
                f"the picture cannot be signed ({error})",
                where=picture.name,
                fix="Check SHOWRUNNER_C2PA_CERTIFICATE, or set SHOWRUNNER_CREDENTIALS=off.",
            ) from error
        return to


def told_of(key: ArtifactKey, made_by: MadeBy, inputs: Mapping[str, str], source: DigitalSource) -> dict[str, Any]:
    """The manifest definition of one picture: which actions made it, by what, and from which film.

    A frame that was changed was opened and edited; a picture put together, or painted, was created, and what of the
    film stands in it was placed. A picture painted from words alone has nothing of the film in it.
    """
    agent = {"name": "Showrunner", "version": version("showrunner")}
    how = {"softwareAgent": agent, "digitalSourceType": f"{_CODES}{source}", "description": f"by {made_by.engine}"}
    of_film = {"parameters": {"ingredientIds": [_FILM]}}
    actions = {
        DigitalSource.ENHANCED: [{"action": "c2pa.opened", **of_film}, {"action": "c2pa.edited", **how}],
        DigitalSource.GENERATED: [{"action": "c2pa.created", **how}],
    }.get(source, [{"action": "c2pa.created", **how}, {"action": "c2pa.placed", **of_film}])
    film = {
        "label": _FILM,
        "title": key.title,
        "instance_id": f"showrunner:{key.title}:{' '.join(f'{name}={data}' for name, data in sorted(inputs.items()))}",
        "relationship": "parentOf" if source is DigitalSource.ENHANCED else "componentOf",
    }
    return {
        "claim_generator_info": [agent],
        "title": str(key),
        "ingredients": [] if source is DigitalSource.GENERATED else [film],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": actions}}],
    }


def _context() -> Context:
    """Without the embedded thumbnail, which adds ten times what all the rest does; `load_settings` is not heeded."""
    from c2pa import Context, Settings

    return Context(Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}}))
