"""Every workload at tiny size: contenders agree, everything asked for is measured, the result says
what it must.
"""

import json
import re
from dataclasses import replace
from functools import partial

import pytest
import torch

from segnn.bench import run
from segnn.bench.agreement import DisagreementError, agreement
from segnn.bench.contenders import (
    COMPILED,
    CONTENDERS,
    CUEQUIVARIANCE,
    DEFAULT,
    PLAIN_COMPILED,
    can_take_part,
    contender,
    make_network,
    share_weights,
)
from segnn.bench.goals import MEANING, goals
from segnn.bench.machine import busy
from segnn.bench.particles import box
from segnn.bench.peers import PEERS
from segnn.bench.probe import ask
from segnn.bench.run import measure
from segnn.bench.timing import Effort, take_turns
from segnn.bench.workloads import WORKLOADS

from .helpers import small

QUICK = Effort(repeats=2, warm_up=1)
CHEAP = [  # compiling takes long, others are not installed
    name for name in CONTENDERS if "(" not in name and name not in (*PEERS, CUEQUIVARIANCE)
]


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_workload(name):
    workload = small(name)
    names = list(DEFAULT) if name == "forces" else CHEAP
    result = measure(workload, names, threads=1, dtype=torch.float64, effort=QUICK, probes=False)
    expected = [
        n
        for n in names
        if (n != "EGNN" or workload.egnn) and (n != "segnn direct" or workload.frames)
    ]
    assert [(row["size"], row["step"], row["contender"]) for row in result["rows"]] == [
        (size, step, n)
        for size in range(len(workload.sizes))
        for step in workload.steps
        for n in expected
    ]
    for part in result["sizes"]:
        assert part["agreement"]["output"] < 1e-12
        assert ("gradient_norm" in part["agreement"]) == (workload.steps != ("forward",))
    for row in result["rows"]:
        assert row["median_ms"] > 0
        assert row["repeats"] == 2
        assert (row["parameters"] is None) == (row["contender"] == "floor")
        assert row["times_faster_than_e3nn"] > 0
        assert row["times_the_floor"] > 0
    assert {goal["goal"] for goal in result["goals"]} == set(workload.goal)
    assert json.loads(json.dumps(result)) == result


def test_float32_agrees_too():
    result = measure(small("charged"), ["segnn", "e3nn"], threads=1, effort=QUICK, probes=False)
    assert 0 < result["sizes"][0]["agreement"]["output"] < 1e-5
    assert result["dtype"] == "float32"
    assert all(row["times_the_floor"] is None for row in result["rows"])


def test_what_a_result_says(monkeypatch):
    def fake(question, environment=None):
        assert question["workload"] == "charged"
        if question["kind"] == "first call":
            assert environment["NUMBA_CACHE_DIR"]
            return {"seconds": 1.5}
        if question["contender"] == "e3nn (script)":
            return {"failed": "Killed"}
        return {"peak_mib": 10.0 if question["contender"] == "e3nn" else 4.0}

    monkeypatch.setattr(run, "ask", fake)
    result = measure(small("charged"), threads=1, effort=QUICK)
    assert set(result) == {
        "workload",
        "text",
        "date",
        "cpu",
        "device",
        "threads",
        "dtype",
        "load_average_before",
        "busy",
        "versions",
        "setting",
        "sizes",
        "rows",
        "data",
        "exponent",
        "first_call",
        "goals",
    }
    assert set(result["sizes"][0]) == {
        "nodes",
        "edges",
        "graphs",
        "agreement",
        "processors_of_others",
        "prepare_edges_ms",
        "floor_gflop",
    }
    rows = {(row["step"], row["contender"]): row for row in result["rows"]}
    assert set(rows["forward", "segnn"]) == {
        "step",
        "contender",
        "size",
        "nodes",
        "edges",
        "parameters",
        "median_ms",
        "quartiles_ms",
        "p95_ms",
        "minimum_ms",
        "repeats",
        "peak_mib",
        "times_faster_than_e3nn",
        "times_faster_range",
        "times_the_floor",
        "part_of_e3nn_memory",
    }
    assert rows["training", "segnn"]["part_of_e3nn_memory"] == 0.4
    assert rows["training", "e3nn (script)"]["failed"] == "Killed"
    assert rows["training", "e3nn (script)"]["part_of_e3nn_memory"] is None
    assert rows["training", "floor"]["peak_mib"] is None
    reached = {goal["goal"]: goal for goal in result["goals"]}
    own, e3nn, egnn = (rows["training", n]["median_ms"] for n in ("segnn", "e3nn", "EGNN"))
    assert reached["training"]["reached"] == pytest.approx(e3nn / own)
    assert reached["egnn"]["reached"] == pytest.approx(own / egnn)
    assert (reached["memory"]["reached"], reached["memory"]["met"]) == (0.4, False)
    assert result["first_call"] == {"empty_cache_s": 1.5, "warm_cache_s": 1.5}


def test_the_exponent_and_who_is_too_slow_for_large_graphs():
    workload = replace(
        small("large"), sizes=(partial(box, 50), partial(box, 100)), others_up_to=1500
    )
    result = measure(workload, ["segnn", "EGNN", "e3nn"], threads=1, effort=QUICK, probes=False)
    assert [(row["size"], row["contender"]) for row in result["rows"]] == [
        (0, "segnn"),
        (0, "e3nn"),
        (1, "segnn"),
    ]
    assert result["sizes"][1]["agreement"] is None
    first, second = (row for row in result["rows"] if row["contender"] == "segnn")
    edges, times = second["edges"] / first["edges"], second["median_ms"] / first["median_ms"]
    assert edges ** result["exponent"] == pytest.approx(times)
    assert not can_take_part("e3nn", WORKLOADS["large"], 2_000_000)


def test_contenders_that_differ_are_not_measured():
    workload, dtype = small("charged"), torch.float64
    networks = {name: make_network(name, workload, dtype) for name in ("segnn", "e3nn")}
    share_weights(networks, workload)
    made = {
        name: contender(name, network, workload, workload.tiny(), dtype)
        for name, network in networks.items()
    }
    assert agreement(made, dtype, gradients=True)["output"] < 1e-12
    assert agreement({"segnn": made["segnn"]}, dtype, gradients=True) is None
    with torch.no_grad():
        next(networks["segnn"].parameters())[0] += 1e-6
    with pytest.raises(
        DisagreementError,
        match=r"segnn and e3nn differ in their output by \d\.\de-\d\d, allowed 1e-12",
    ):
        agreement(made, dtype, gradients=True)


def test_egnn_has_as_many_parameters():
    workload = WORKLOADS["charged"]
    own, egnn = (
        sum(p.numel() for p in make_network(n, workload, torch.float32).parameters())
        for n in ("segnn", "EGNN")
    )
    assert own == 147_424
    assert abs(egnn / own - 1) < 0.02


def test_goals():
    rows = [
        {
            "contender": "segnn",
            "step": "forward",
            "times_faster_than_e3nn": 5.0,
            "part_of_e3nn_memory": 0.2,
            "peak_mib": 512,
        },
        {
            "contender": "segnn",
            "step": "training",
            "times_faster_than_e3nn": 3.0,
            "part_of_e3nn_memory": 0.4,
            "peak_mib": None,
        },
    ]
    wanted = {
        "forward": 5.0,
        "training": 4.0,
        "forces": 2.0,
        "memory": 0.4,
        "exponent": 1.05,
        "peak_gib": 0.4,
    }
    found = {
        g["goal"]: (g["reached"], g["met"]) for g in goals(wanted, {"rows": rows, "exponent": 1.0})
    }
    assert found == {
        "forward": (5.0, True),
        "training": (3.0, False),
        "forces": (None, None),
        "memory": (0.4, True),
        "exponent": (1.0, True),
        "peak_gib": (0.5, False),
    }
    on_card = [
        {"contender": name, "step": "training", "median_ms": ms, "times_the_floor": 1.5}
        for name, ms in (("segnn", 2.0), ("e3nn (compile)", 7.0))
    ]
    found = goals({"compiled": 3, "floors": 2, "training_ms": 1.5}, {"rows": on_card})
    assert [(g["reached"], g["met"]) for g in found] == [(3.5, True), (1.5, True), (2.0, False)]
    assert goals({"compiled": 3}, {"rows": on_card[:1]})[0]["reached"] is None
    faster = {
        "sizes": [{}, {}],
        "rows": [
            {"contender": name, "step": step, "size": size, "median_ms": ms}
            for name, step, size, ms in (
                ("mace", "forces", 0, 90.0),
                ("mace", "forces", 1, 60.0),
                ("segnn", "forces", 1, 5.0),
                ("mace", "energy_forces", 0, 8.0),
                ("segnn", "energy_forces", 0, 2.0),
                ("segnn", "energy_forces", 1, 9.0),
            )
        ],
    }
    found = goals({"mace_step": 10, "mace_forces": 10, "nequip_step": 10}, faster)
    assert [g["reached"] for g in found] == [12.0, 4.0, None]
    for workload in WORKLOADS.values():
        assert set(workload.goal) | set(workload.goal_on_card) <= set(MEANING)


def test_a_time_ends_when_the_device_is_done():
    told = []
    steps = {"one": lambda: told.append("step")}
    take_turns(steps, Effort(repeats=1, warm_up=1), wait=lambda: told.append("wait"))
    timed = ["wait", "step", "wait"]
    assert told == [*timed, "step", *timed]  # warm-up; once more to fill the caches; the turn


def test_compiling_contenders_take_no_part_where_forces_are_trained():
    for name in (COMPILED, PLAIN_COMPILED):
        assert can_take_part(name, WORKLOADS["qm9"], 100)
        assert not can_take_part(name, WORKLOADS["forces"], 100)


def test_memory_is_measured_in_a_process_of_its_own():
    asked = {
        "kind": "memory",
        "workload": "charged",
        "size": 0,
        "step": "forward",
        "threads": 1,
        "dtype": "float32",
        "device": "cpu",
    }
    found = ask({**asked, "contender": "segnn plain"})
    assert set(found) == {"peak_mib"}
    assert 2000 * 192 * 4 / 2**20 < found["peak_mib"] < 200  # at least one table of gated messages


def test_a_process_that_dies_is_told():
    found = ask({"kind": "memory", "workload": "none"})
    assert re.search(r"KeyError: .none.", found["failed"])


def test_busy_by_what_others_took_or_else_by_the_load():
    assert not busy(3.0, [0.02, 0.05])
    assert busy(0.1, [0.02, 0.2])
    assert busy(3.0, [None])
    assert not busy(0.1, [None])
