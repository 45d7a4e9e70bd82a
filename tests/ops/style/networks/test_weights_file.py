from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="style networks need torch (pip install 'showrunner[models]')")

from safetensors.torch import save_file  # noqa: E402

from ops.errors import ModelUnavailable  # noqa: E402
from ops.style.networks.weights_file import HOUSE, house_network, is_ours, read_network, write_network  # noqa: E402


def test_a_network_is_read_back_as_it_was_written(tmp_path):
    house = house_network()
    write_network(house, tmp_path / "copy.safetensors")
    copy = read_network(tmp_path / "copy.safetensors")
    assert (copy.styles, copy.card, copy.fingerprint) == (house.styles, house.card, house.fingerprint)
    torch.testing.assert_close(copy.trunk.state_dict(), house.trunk.state_dict())


@pytest.mark.parametrize("damage", ["cut", "nothing", "another", "not a number", "a row short"])
def test_a_damaged_or_foreign_file_is_told_in_a_sentence(tmp_path, damage):
    path = tmp_path / "network.safetensors"
    whole = HOUSE.read_bytes()
    if damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "nothing":
        path.write_bytes(b"")
    elif damage == "another":
        save_file({"conv.weight": torch.zeros(2, 2)}, path)
        assert not is_ours(path)
    else:
        house = read_network(HOUSE)
        if damage == "not a number":
            house.trunk.codes[0, 0] = float("nan")
        else:
            house.trunk.codes = torch.nn.Parameter(house.trunk.codes[:-1])
        write_network(house, path)
    with pytest.raises(ModelUnavailable, match="no style network of this house"):
        read_network(path)


def test_a_network_of_an_earlier_trunk_is_told_apart_from_a_file_of_another_kind(tmp_path):
    path = tmp_path / "network.safetensors"
    save_file({"trunk.codes": torch.zeros(1, 4)}, path, metadata={"format": "showrunner-style-network/1"})
    assert is_ours(path)
    with pytest.raises(ModelUnavailable, match="earlier trunk"):
        read_network(path)
