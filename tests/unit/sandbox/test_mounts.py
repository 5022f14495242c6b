"""Which paths a sandbox shows, decided before anything is mounted."""

import sys
from pathlib import Path

import pytest

from allclose.sandbox.mounts import default_readonly, plan


def folder(path: Path) -> str:
    path.mkdir(parents=True)
    return str(path)


def test_a_path_inside_a_shown_one_is_not_bound_twice(tmp_path: Path) -> None:
    outer, inner = folder(tmp_path / "env"), folder(tmp_path / "env" / "lib")

    assert plan((inner, outer), ()).places == ((outer, True),)


def test_a_hidden_folder_is_covered_only_where_it_would_show(tmp_path: Path) -> None:
    env, course, elsewhere = folder(tmp_path / "env"), folder(tmp_path / "env" / "course"), folder(tmp_path / "other")

    assert plan((env,), (course, elsewhere)).places == ((env, True), (course, False))


def test_what_is_shown_inside_a_hidden_folder_is_bound_after_the_cover(tmp_path: Path) -> None:
    env, course, venv = folder(tmp_path / "env"), folder(tmp_path / "env/course"), folder(tmp_path / "env/course/.venv")

    layout = plan((venv, env), (course,))

    assert layout.places == ((env, True), (course, False), (venv, True))
    assert layout.shown() == (env,)


def test_of_equals_hidden_wins(tmp_path: Path) -> None:
    course = folder(tmp_path / "course")

    assert plan((course,), (course,)).places == ()


def test_a_sibling_with_a_longer_name_is_not_inside(tmp_path: Path) -> None:
    env, other = folder(tmp_path / "env"), folder(tmp_path / "env2")

    assert plan((env, other), ()).places == ((env, True), (other, True))


def test_symbolic_links_on_the_way_are_noted_and_followed(tmp_path: Path) -> None:
    real = folder(tmp_path / "versions" / "3.11" / "lib")
    (tmp_path / "current").symlink_to("versions/3.11")
    (tmp_path / "python").symlink_to(tmp_path / "current")

    layout = plan((str(tmp_path / "python" / "lib"),), ())

    assert layout.places == ((real, True),)
    assert dict(layout.links) == {
        str(tmp_path / "python"): str(tmp_path / "current"),
        str(tmp_path / "current"): "versions/3.11",
    }


def test_a_hidden_path_is_found_behind_its_link(tmp_path: Path) -> None:
    env, course = folder(tmp_path / "env"), folder(tmp_path / "env" / "course")
    (tmp_path / "link").symlink_to(course)

    assert plan((env,), (str(tmp_path / "link"),)).places == ((env, True), (course, False))


def test_a_link_that_leads_up_is_followed_as_the_kernel_does(tmp_path: Path) -> None:
    env = folder(tmp_path / "env")
    folder(tmp_path / "deep" / "er")
    (tmp_path / "here").symlink_to("deep/er")

    assert plan((f"{tmp_path}/here/../../env",), ()).places == ((env, True),)


def test_a_circle_of_links_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    with pytest.raises(OSError, match="too many symbolic links"):
        plan((str(tmp_path / "a"),), ())


def test_a_missing_path_cannot_be_shown(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        plan((str(tmp_path / "gone"),), ())


def test_a_missing_path_may_be_hidden(tmp_path: Path) -> None:
    env = folder(tmp_path / "env")

    assert plan((env,), (str(tmp_path / "env" / "gone"),)).places == ((env, True),)


@pytest.mark.parametrize("path", ["/", "//", "/usr/..", "relative", ""])
def test_the_whole_root_and_relative_paths_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be shown|not an absolute path"):
        plan((path,), ())


def test_the_default_shows_python_and_this_package_but_not_what_lies_beside_it() -> None:
    package = Path(__file__).parents[3] / "src" / "allclose"
    layout = plan(default_readonly(), ())

    def shows(path: Path) -> bool:
        return any(path.resolve().is_relative_to(shown) for shown in layout.shown())

    assert shows(package / "sandbox" / "isolation.py")
    assert shows(Path(sys.executable))
    assert shows(Path(pytest.__file__))
    assert not shows(Path(__file__))
    assert not shows(package.parent)
    assert not shows(Path("/etc/shadow"))
    assert not shows(Path.home())
