"""Forces for i-PI, or any other program that moves atoms over its socket protocol: path integrals,
thermostats, replica exchange there, energies and forces from a model here.

    i-pi input.xml &                                     # with <address>segnn</address> in it
    python examples/ipi_client.py acac start.xyz --unixsocket segnn

start.xyz says which atoms there are, in the order of i-PI's own start file; positions and cell come
over the socket. It ends when i-PI closes the socket. i-PI's input:

    <simulation>
      <output prefix='out'>
        <properties stride='10'>[step, time{picosecond}, conserved, potential]</properties>
      </output>
      <total_steps>1000</total_steps>
      <ffsocket mode='unix' name='model'><address>segnn</address></ffsocket>
      <system>
        <initialize nbeads='8'>
          <file mode='ase' units='angstrom'>start.xyz</file>
          <velocities mode='thermal' units='kelvin'>300</velocities>
        </initialize>
        <forces><force forcefield='model'/></forces>
        <ensemble><temperature units='kelvin'>300</temperature></ensemble>
        <motion mode='dynamics'>
          <dynamics mode='nvt'>
            <timestep units='femtosecond'>0.25</timestep>
            <thermostat mode='pile_g'><tau units='femtosecond'>100</tau></thermostat>
          </dynamics>
        </motion>
      </system>
    </simulation>
"""

from __future__ import annotations

import argparse

from ase import Atoms
from ase.calculators.socketio import SocketClient
from ase.io import read

from segnn.ase import Calculator


def serve(atoms: Atoms, **address: object) -> None:
    """Answer with the energy and forces of ``atoms.calc``, and where the recipe has it with the
    stress, until the other side ends; ``address``: host and port, or unixsocket.
    """
    stress = "stress" in atoms.calc.implemented_properties
    SocketClient(**address).run(atoms, use_stress=stress)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("start")
    parser.add_argument("--unixsocket", help="the name in <address>, with mode='unix'")
    parser.add_argument("--host", default="localhost")
    parser.add_argument("--port", type=int, default=31415)
    given = parser.parse_args()
    atoms = read(given.start, index=0)
    atoms.calc = Calculator(given.model)
    if given.unixsocket:
        serve(atoms, unixsocket=given.unixsocket)
    else:
        serve(atoms, host=given.host, port=given.port)


if __name__ == "__main__":
    main()
