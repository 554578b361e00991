"""The example for i-PI answers over the socket what the calculator says; ASE plays i-PI's part."""

import os
from threading import Thread

import numpy as np
import pytest

pytest.importorskip("ase")

from ase.build import molecule
from ase.calculators.socketio import SocketIOCalculator
from tests.examples_of import example, small_potential

from segnn.ase import Calculator


def test_forces_come_over_the_socket():
    serve, made = example("ipi_client").serve, small_potential()
    here, there = molecule("CH3OH", vacuum=5.0), molecule("CH3OH", vacuum=5.0)
    there.calc = Calculator(made)
    name, failed = f"segnn-{os.getpid()}", []

    def client():
        try:
            serve(there, unixsocket=name)
        except BaseException as error:
            failed.append(error)

    with SocketIOCalculator(unixsocket=name, timeout=60) as server:
        thread = Thread(target=client)
        thread.start()
        here.calc = server
        for _ in range(2):
            here.rattle(0.05, seed=1)
            own = here.copy()
            own.calc = Calculator(made)
            assert here.get_potential_energy() == pytest.approx(own.get_potential_energy(), 1e-12)
            forces = own.get_forces()
            np.testing.assert_allclose(here.get_forces(), forces, atol=1e-9)
            assert np.abs(forces).max() > 1e-4
    thread.join(60)
    assert not thread.is_alive()
    assert not failed
