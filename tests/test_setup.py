"""deploy/: setup.sh on machines that lack something says what to install and repairs what was left half made;
the systemd unit is one that systemd reads.

Nothing is installed: where the script gets as far as pip, a stand-in notes what it was asked for.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "deploy/setup.sh"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder for commands, holding only what a bare system has."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "ls", "cat", "env"):
        (folder / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    return folder


def command(machine: Path, name: str, text: str) -> None:
    path = machine / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def real_python(machine: Path, refuses: str = "nothing at all") -> None:
    """This very Python, but failing any `-c` program that holds `refuses`."""
    command(machine, "python3", f'case "$*" in *"{refuses}"*) exit 1;; esac\nexec "{sys.executable}" "$@"')


def old_python(machine: Path) -> None:
    """A Python 3.9: every version check fails, `--version` says so."""
    command(machine, "python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')


def setup(machine: Path, venv: str = "venv", **environ: str) -> subprocess.CompletedProcess[str]:
    folder = machine.parent
    (folder / "requirements.txt").write_text("")
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), venv, "requirements.txt"],
        cwd=folder,
        env={"PATH": str(machine), "HOME": str(folder), "PIP_NO_INDEX": "1", **environ},
        capture_output=True,
        text=True,
        timeout=60,
    )


def half_made(machine: Path) -> Path:
    """What an interruption leaves: the links to Python are made, pip is not."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(machine.parent / "venv")], check=True)
    return machine.parent / "venv"


def test_without_python_it_says_what_to_install(machine: Path) -> None:
    done = setup(machine)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; no python3 was found" in done.stderr
    assert "sudo apt install python3 python3-venv" in done.stderr
    assert not (machine.parent / "venv").exists()


def test_an_old_python_is_named_with_its_version(machine: Path) -> None:
    old_python(machine)
    done = setup(machine)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; Python 3.9.2 was found" in done.stderr
    assert "make PYTHON=/path/to/python3.12 setup" in done.stderr


def test_a_newer_python_beside_the_old_one_is_found(machine: Path) -> None:
    old_python(machine)
    real_python(machine, refuses="import venv, ensurepip")
    (machine / "python3").rename(machine / "python3.12")
    old_python(machine)
    done = setup(machine)
    assert "lacks its venv module" in done.stderr, "python3.12 was tried"


def test_a_python_named_by_the_user_is_tried_first(machine: Path) -> None:
    old_python(machine)
    real_python(machine, refuses="import venv, ensurepip")
    (machine / "python3").rename(machine / "mine")
    done = setup(machine, PYTHON=str(machine / "mine"))
    assert "lacks its venv module" in done.stderr


def test_without_venv_it_names_the_package(machine: Path) -> None:
    real_python(machine, refuses="import venv, ensurepip")
    done = setup(machine)
    assert done.returncode == 1
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"sudo apt install python{version}-venv" in done.stderr
    assert not (machine.parent / "venv").exists()


def test_a_folder_that_is_something_else_is_left_alone(machine: Path) -> None:
    real_python(machine)
    (machine.parent / "venv").mkdir()
    (machine.parent / "venv/mine.txt").write_text("precious")
    done = setup(machine)
    assert done.returncode == 1
    assert "venv exists and is no virtual environment" in done.stderr
    assert (machine.parent / "venv/mine.txt").read_text() == "precious"


@pytest.mark.parametrize("damage", ["no pip", "python gone", "python too old"])
def test_a_damaged_environment_is_made_again(machine: Path, damage: str) -> None:
    venv = half_made(machine)
    python = venv / "bin/python"
    if damage != "no pip":
        python.unlink()
    if damage == "python gone":
        python.symlink_to("/nowhere/python3")
    elif damage == "python too old":
        command(python.parent, "python", "exit 1")
    # `-m venv --clear` is the real one, without the seconds that pip takes; then its python only notes its calls
    log = machine.parent / "calls"
    command(
        machine,
        "python3",
        f'if [ "$2" = venv ]; then echo "$@" >> "{log}"; "{sys.executable}" -m venv --clear --without-pip "$4"\n'
        f'"{sys.executable}" -c "import pathlib, sys; p = pathlib.Path(sys.argv[1], \'bin/python\'); p.unlink(); '
        f'p.write_text(\'#!/bin/sh\\necho \\"\\$@\\" >> {log}\\n\'); p.chmod(0o755)" "$4"\n'
        f'else exec "{sys.executable}" "$@"; fi',
    )
    done = setup(machine)
    assert done.returncode == 0, done.stderr
    calls = log.read_text().splitlines()
    assert calls[0] == "-m venv --clear venv"
    assert [c.split(" --quiet")[0] for c in calls[1:]] == ["-m pip install"] * 2
    assert calls[1].endswith("-r requirements.txt")
    assert calls[2].endswith("--no-deps --config-settings editable_mode=compat -e .")


def test_a_whole_environment_is_used_as_it_is(machine: Path) -> None:
    log = machine.parent / "calls"
    bin_folder = machine.parent / "venv/bin"
    bin_folder.mkdir(parents=True)
    (machine.parent / "venv/pyvenv.cfg").write_text("")
    command(bin_folder, "python", f'echo "$@" >> "{log}"')
    done = setup(machine)
    assert done.returncode == 0, done.stderr
    assert "Creating" not in done.stdout
    assert sum("pip install" in line for line in log.read_text().splitlines()) == 2


def test_packages_that_cannot_be_had_are_explained(machine: Path) -> None:
    bin_folder = machine.parent / "venv/bin"
    bin_folder.mkdir(parents=True)
    command(bin_folder, "python", 'case "$*" in *"pip install"*) echo "no route to pypi" >&2; exit 1;; esac')
    done = setup(machine)
    assert done.returncode == 1
    assert "no route to pypi" in done.stderr
    assert "is this machine online?" in done.stderr
    assert "Run the same command again" in done.stderr


def test_the_script_is_plain_posix_shell() -> None:
    checked = subprocess.run(["sh", "-n", str(SCRIPT)], env=os.environ, capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "[[" not in SCRIPT.read_text()


UNIT = SCRIPT.parent / "borderwire.service"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="this machine has no systemd-analyze")
def test_systemd_reads_the_unit_without_a_word(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/borderwire/.venv/bin/borderwire", "/bin/true"))
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60
    )
    ours = [line for line in checked.stderr.splitlines() if UNIT.name in line]
    assert (checked.returncode, ours) == (0, [])


def test_the_unit_is_shut_in_and_comes_back_by_itself() -> None:
    keys = dict(line.split("=", 1) for line in UNIT.read_text().splitlines() if "=" in line and line[0] not in "#[")
    wanted = {
        "Type": "notify",
        "NotifyAccess": "main",
        "WatchdogSec": "60",
        "Restart": "always",
        "RestartPreventExitStatus": "2",
        "ExecReload": "/bin/kill -HUP $MAINPID",
        "StateDirectory": "borderwire",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    }
    assert {key: keys.get(key) for key in wanted} == wanted
    assert "MemoryMax" in keys
    assert int(keys["TimeoutStopSec"].rstrip("s")) > 20, "the service takes about ten seconds to stop in order"
