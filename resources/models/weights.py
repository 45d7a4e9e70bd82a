"""Where a model's weights lie on this machine: a path as it is, a registry's model, or one of the hub."""

from __future__ import annotations

from pathlib import Path

from ops.errors import ModelUnavailable
from resources.models.choice import EngineChoice

__all__ = ["local_weights", "need", "torch_device", "weights_here"]

_REGISTRY = "models:/"
_WEIGHTS = (".safetensors", ".onnx")


def local_weights(choice: EngineChoice, *, patterns: tuple[str, ...] = ()) -> Path:
    """The file or folder of a choice's model, downloaded first where it is not here.

    Args:
        choice: What a setting asks for.
        patterns: The files of a hub repository that the engine reads, as globs; empty means all of them.

    Raises:
        ModelUnavailable: It is not here and cannot be had.
    """
    if choice.reference.startswith(_REGISTRY):
        return _from_registry(choice)
    return weights_here(choice, patterns=patterns) or _from_hub(choice, patterns)


def weights_here(choice: EngineChoice, *, patterns: tuple[str, ...] = ()) -> Path | None:
    """The same where it is on this machine already; None for a hub repository that is not. A registry is not asked.

    Raises:
        ModelUnavailable: It is a path, and nothing is there.
    """
    reference = choice.reference
    path = Path(reference).expanduser()
    if path.exists():
        return path
    if reference.startswith(("/", ".", "~")) or path.suffix or reference.count("/") != 1:
        raise _unavailable(choice, "there is no such file or folder")
    need(choice, "huggingface_hub")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        snapshot = Path(snapshot_download(reference, allow_patterns=list(patterns) or None, local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    return snapshot if _whole(snapshot, patterns) else None


def _whole(snapshot: Path, patterns: tuple[str, ...]) -> bool:
    """Whether a download of the hub seems to have come to its end: the client gives half of one for the whole."""
    if any((snapshot.parents[1] / "blobs").glob("*.incomplete")):
        return False
    weights = [pattern for pattern in patterns if pattern.endswith(_WEIGHTS)]
    return not weights or any(any(snapshot.glob(pattern)) for pattern in weights)


def need(choice: EngineChoice, *packages: str) -> None:
    """Tell which of an engine's libraries is missing before anything is loaded.

    Raises:
        ModelUnavailable: A package is not installed.
    """
    from importlib.util import find_spec

    for package in packages:
        if find_spec(package) is None:
            command = "pip install 'showrunner[models]'"
            raise ModelUnavailable(f"{package} is not installed", where=_variable(choice), fix=f"Run: {command}")


def torch_device(setting: str) -> str:
    """The device that the `device` setting stands for.

    Raises:
        ModelUnavailable: It names CUDA, and this machine has none.
    """
    import torch

    here = torch.cuda.is_available()
    if setting == "cuda" and not here:
        raise ModelUnavailable(
            "there is no CUDA device", where="SHOWRUNNER_DEVICE", fix="Set it to cpu, or install torch for CUDA."
        )
    return "cuda" if here and setting != "cpu" else "cpu"


def _from_registry(choice: EngineChoice) -> Path:
    from importlib.util import find_spec

    if find_spec("mlflow") is None:
        raise ModelUnavailable(
            "mlflow is not installed", where=_variable(choice), fix="Run: pip install 'mlflow-skinny>=3'"
        )
    from mlflow.artifacts import download_artifacts  # pyright: ignore[reportMissingImports]
    from mlflow.exceptions import MlflowException  # pyright: ignore[reportMissingImports]

    try:
        return Path(download_artifacts(artifact_uri=choice.reference))
    except (MlflowException, OSError) as error:
        raise _unavailable(choice, f"the MLflow registry says: {error}") from error


def _from_hub(choice: EngineChoice, patterns: tuple[str, ...]) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        snapshot = Path(snapshot_download(choice.reference, allow_patterns=list(patterns) or None))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise _unavailable(
            choice, "it is not on this machine, and the model hub is out of reach", on_hub=True
        ) from error
    if not _whole(snapshot, patterns):  # with the hub out of reach, the client gives what it has
        raise _unavailable(choice, f"there is no whole set of its weights at {snapshot}", on_hub=True)
    return snapshot


def _unavailable(choice: EngineChoice, why: str, *, on_hub: bool = False) -> ModelUnavailable:
    fix = f"Set {_variable(choice)}={choice.engine}:/path/to/the/model"
    fix += f", or run: hf download {choice.reference}" if on_hub else "."
    return ModelUnavailable(f"the model {choice.reference} cannot be loaded: {why}", where=_variable(choice), fix=fix)


def _variable(choice: EngineChoice) -> str:
    return f"SHOWRUNNER_{choice.setting.upper()}"
