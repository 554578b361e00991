"""Surfaces on disk: read back with readers written for the test from the formats' descriptions."""

import json
import struct

import numpy as np
import pytest

from segnn.errors import UserError
from segnn.viz import glyph, save_mesh, sphere

PLACES = np.array([[0.0, 0, 0], [3, 0, 0]])


@pytest.fixture
def two():
    return glyph(np.random.default_rng(0).normal(size=(2, 9)), "0e+1o+2e", on=sphere(2))


def test_glb_holds_the_vertices_colours_and_triangles(two, tmp_path):
    data = save_mesh(tmp_path / "two.glb", two, at=PLACES).read_bytes()
    magic, version, length, size, kind = struct.unpack_from("<4sIII4s", data)
    assert (magic, version, length, kind) == (b"glTF", 2, len(data), b"JSON")
    tree = json.loads(data[20 : 20 + size])
    body, kind = struct.unpack_from("<I4s", data, 20 + size)
    assert kind == b"BIN\0"
    binary = data[28 + size :]
    assert body == len(binary) == tree["buffers"][0]["byteLength"]

    def read(number):
        entry = tree["accessors"][number]
        start = tree["bufferViews"][entry["bufferView"]]["byteOffset"] + entry.get("byteOffset", 0)
        width = {"SCALAR": 1, "VEC3": 3}[entry["type"]]
        dtype = {5126: "<f4", 5125: "<u4"}[entry["componentType"]]
        return np.frombuffer(binary, dtype, entry["count"] * width, start).reshape(-1, width)

    for n, mesh in enumerate(tree["meshes"]):
        primitive = mesh["primitives"][0]
        points = read(primitive["attributes"]["POSITION"])
        np.testing.assert_allclose(points, two.vertices[n] + PLACES[n], atol=1e-6)
        np.testing.assert_array_equal(read(primitive["indices"]).reshape(-1, 3), two.faces)
        np.testing.assert_allclose(
            np.linalg.norm(read(primitive["attributes"]["NORMAL"]), axis=1), 1, atol=1e-6
        )
        colours = read(primitive["attributes"]["COLOR_0"])
        assert (colours >= 0).all()
        assert (colours <= 1).all()
        bounds = tree["accessors"][primitive["attributes"]["POSITION"]]
        np.testing.assert_allclose(bounds["min"], points.min(0), atol=1e-6)
        np.testing.assert_allclose(bounds["max"], points.max(0), atol=1e-6)
    assert all(entry.get("byteOffset", 0) % 4 == 0 for entry in tree["accessors"])


def test_obj_holds_the_vertices_colours_and_triangles(two, tmp_path):
    lines = (
        save_mesh(tmp_path / "new" / "two.obj", two, at=PLACES, names=["a b", "c"])
        .read_text()
        .splitlines()
    )
    points = np.array([line.split()[1:] for line in lines if line.startswith("v ")], float)
    faces = np.array([line.split()[1:] for line in lines if line.startswith("f ")], int)
    np.testing.assert_allclose(
        points[:, :3], (two.vertices + PLACES[:, None]).reshape(-1, 3), atol=1e-4
    )
    np.testing.assert_allclose(points[:, 3:], two.colours().reshape(-1, 3), atol=1e-5)
    np.testing.assert_array_equal(
        faces, np.concatenate([two.faces, two.faces + two.vertices.shape[1]]) + 1
    )
    assert [line for line in lines if line.startswith("o ")] == ["o a_b", "o c"]


def test_glyphs_stand_side_by_side_where_no_places_are_given(two, tmp_path):
    lines = save_mesh(tmp_path / "two.obj", two).read_text().splitlines()
    points = np.array([line.split()[1:4] for line in lines if line.startswith("v ")], float)
    first, second = points.reshape(2, -1, 3)
    assert first[:, 0].max() < second[:, 0].min()


def test_mistakes(two, tmp_path):
    with pytest.raises(
        UserError, match=r"two\.stl: a surface is written as \.glb or \.obj, not '\.stl'"
    ):
        save_mesh(tmp_path / "two.stl", two)
    with pytest.raises(ValueError, match=r"at has shape \(3,\), expected \(2, 3\)"):
        save_mesh(tmp_path / "two.obj", two, at=np.zeros(3))
    with pytest.raises(ValueError, match="no glyph"):
        save_mesh(tmp_path / "none.obj", glyph(np.zeros((0, 1)), "0e"))
    (tmp_path / "file").write_text("")
    with pytest.raises((UserError, OSError)):
        save_mesh(tmp_path / "file" / "two.obj", two)
