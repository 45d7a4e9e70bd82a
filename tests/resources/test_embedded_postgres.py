"""The embedded server's life, with real processes and real kills."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.errors import SettingsError
from resources.database import Database
from resources.settings import load_settings
from tests.resources.house_process import (
    HouseProcess,
    adopt_orphans,
    become_nobody,
    postmasters,
    wait_for,
)
from tests.resources.memory_folder import IN_MEMORY


@pytest.fixture(scope="module")
def _initialised() -> Iterator[Path]:
    """A home whose database was made once; copied for each test, because initdb takes most of a second."""
    home = Path(tempfile.mkdtemp(dir=IN_MEMORY, prefix="showrunner-home-"))
    Database.open(load_settings(home, database_url=None)).close()
    yield home
    shutil.rmtree(home)


@pytest.fixture
def empty() -> Iterator[Path]:
    """A home that nobody used yet."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY, prefix="showrunner-home-") as home:
        yield Path(home)


def _copy(home: Path, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", f"{home}/.", to], check=True)


@pytest.fixture
def home(_initialised: Path) -> Iterator[Path]:
    copy = Path(tempfile.mkdtemp(dir=IN_MEMORY, prefix="showrunner-home-"))
    _copy(_initialised, copy)
    yield copy
    for pid in postmasters(copy):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(copy)


def test_processes_of_a_home_share_one_server_and_the_last_one_out_stops_it(home: Path):
    first, second = HouseProcess(home), HouseProcess(home)
    first.wait_until_open()
    second.wait_until_open()
    [server] = postmasters(home)
    first.leave()
    assert postmasters(home) == [server]
    assert second.query("SELECT 1") == [(1,)]
    second.leave()
    assert postmasters(home) == []


def test_a_first_start_by_many_processes_at_once_makes_one_database(empty: Path):
    everybody = [HouseProcess(empty) for _ in range(4)]
    for process in everybody:
        process.wait_until_open()
    assert len(postmasters(empty)) == 1
    assert all(process.query("SELECT count(*) FROM titles") == [(0,)] for process in everybody)
    for process in everybody:
        process.leave()
    assert postmasters(empty) == []


def test_the_server_outlives_the_kill_of_the_process_that_started_it(home: Path):
    owner = HouseProcess(home).wait_until_open()
    other = HouseProcess(home).wait_until_open()
    [server] = postmasters(home)
    owner.kill()
    assert other.query("SELECT 1") == [(1,)]
    assert postmasters(home) == [server]
    other.leave()
    assert postmasters(home) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_its_only_user_left_behind_is_adopted_and_stopped_later(home: Path, how: signal.Signals):
    owner = HouseProcess(home).wait_until_open()
    owner.query("CREATE TABLE kept AS SELECT 7 AS number")
    [server] = postmasters(home)
    owner.kill(how)
    assert postmasters(home) == [server]
    heir = HouseProcess(home).wait_until_open()
    assert postmasters(home) == [server]
    assert heir.query("SELECT number FROM kept") == [(7,)]
    heir.leave()
    assert postmasters(home) == []


def test_a_killed_server_is_started_again_under_the_processes_that_use_it(home: Path):
    process = HouseProcess(home).wait_until_open()
    process.query("CREATE TABLE kept AS SELECT 7 AS number")
    [server] = postmasters(home)
    os.kill(server, signal.SIGKILL)
    process.query("SELECT 'a query that is under way may be lost with its connection'")
    # An orphaned backend may still answer before it notices that its server is gone.
    wait_for(lambda: process.query("SELECT number FROM kept") == [(7,)] and len(postmasters(home)) == 1)
    assert postmasters(home) != [server]
    process.leave()


def test_a_killed_server_that_nobody_buries_is_not_taken_for_a_living_one(home: Path):
    """Under a PID 1 that does not reap (a container's plain command) the postmaster stays a zombie for ever."""
    process = HouseProcess(home, adopt_orphans).wait_until_open()
    [server] = postmasters(home)
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: "Z" in Path(f"/proc/{server}/stat").read_text().rpartition(")")[2])
    assert process.query("SELECT 1") == [(1,)]
    assert Path(f"/proc/{server}").exists()
    process.leave()


def test_a_first_start_that_is_killed_half_way_leaves_nothing_that_stops_the_next(empty: Path):
    process = HouseProcess(empty)
    wait_for((empty / "postgres" / "making" / "PG_VERSION").exists)
    process.kill()
    with (
        Database.open(load_settings(empty, database_url=None)) as database,
        database.connection() as connection,
    ):
        assert connection.execute("SELECT count(*) FROM titles").fetchone() == (0,)
    assert postmasters(empty) == []


def test_a_home_with_a_long_path_and_odd_characters_works(_initialised: Path, tmp_path: Path):
    odd = tmp_path / 'it\'s a "good" $HOME; 100 %' / ("x" * 120)
    _copy(_initialised, odd)
    with (
        Database.open(load_settings(odd, database_url=None)) as database,
        database.connection() as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert len(postmasters(odd)) == 1
    assert postmasters(odd) == []


def test_a_forked_child_speaks_on_connections_of_its_own_and_leaves_its_parents_alone(home: Path):
    with Database.open(load_settings(home, database_url=None)) as database:
        with database.connection() as connection:
            mine = connection.execute("SELECT pg_backend_pid()").fetchone()
        child = os.fork()
        if child == 0:
            with database.connection() as connection:
                theirs = connection.execute("SELECT pg_backend_pid()").fetchone()
            database.close()
            os._exit(0 if theirs != mine else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        with database.connection() as connection:
            assert connection.execute("SELECT pg_backend_pid()").fetchone() == mine
    assert postmasters(home) == []


def _open_and_end(home: Path) -> None:
    Database.open(load_settings(home, database_url=None))


def test_a_multiprocessing_child_that_forgets_to_close_still_stops_the_server_at_its_end(home: Path):
    child = multiprocessing.get_context("forkserver").Process(target=_open_and_end, args=(home,))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert postmasters(home) == []


def test_a_database_of_another_postgresql_is_left_alone(home: Path):
    (home / "postgres" / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(SettingsError, match="made by PostgreSQL 16"):
        Database.open(load_settings(home, database_url=None))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users")
def test_an_ordinary_user_has_a_server_of_their_own_and_root_may_use_it_after_them():
    home = Path(tempfile.mkdtemp(dir=IN_MEMORY, prefix="showrunner-user-"))
    os.chown(home, 65534, 65534)
    user = HouseProcess(home, become_nobody).wait_until_open()
    assert user.query("SELECT 1") == [(1,)]
    user.leave()
    with (
        Database.open(load_settings(home, database_url=None)) as database,
        database.connection() as connection,
    ):
        assert connection.execute("SELECT count(*) FROM titles").fetchone() == (0,)
    HouseProcess(home, become_nobody).wait_until_open().leave()
    shutil.rmtree(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's server needs no way through")
def test_root_opens_a_closed_home_no_further_than_passing_through(_initialised: Path, tmp_path: Path):
    closed = tmp_path / "root's own"
    closed.mkdir(mode=0o700)
    _copy(_initialised, closed / "home")
    Database.open(load_settings(closed / "home", database_url=None)).close()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o701
    assert stat.S_IMODE((closed / "home" / "postgres" / "data").stat().st_mode) == 0o700


def test_a_home_that_cannot_be_made_says_so_and_names_the_setting(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="SHOWRUNNER_HOME"):
        Database.open(load_settings(tmp_path / "file" / "home", database_url=None))
