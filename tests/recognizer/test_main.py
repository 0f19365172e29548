import pytest

from recognizer.__main__ import COMMANDS, main


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_its_options(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert f"python -m recognizer {command}" in capsys.readouterr().out


def test_the_former_name_of_averaging_still_works(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["mean", "--help"])
    assert "--shares" in capsys.readouterr().out
