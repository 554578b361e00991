"""e3nn imported lightly computes what it always computes, and loads the rest when it is used."""

import subprocess
import sys

BOTH = """
import sys
{first}
import torch
from e3nn.o3 import Legendre, SphericalHarmonicsAlphaBeta, wigner_3j, wigner_D
import e3nn.o3
light = "torch._dynamo" not in sys.modules
a, b = torch.tensor([0.3]), torch.tensor([1.1])
D = wigner_D(2, a, b, a)
assert ("torch._dynamo" not in sys.modules) == light
values = [SphericalHarmonicsAlphaBeta([0, 1, 2, 3])(a, b), D, wigner_3j(2, 2, 2)]
compiled = torch.compile(lambda x: x * wigner_D(1, x, x, x).sum(), backend="eager")
values.append(compiled(a))
print(light, "sympy" in sys.modules, type(e3nn.o3.__spec__.loader).__name__)
print([round(float(v.double().square().sum()), 6) for v in values])
"""


def run(first):
    code = BOTH.format(first=first)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_same_numbers():
    light, usual = run("import segnn"), run("import e3nn.o3, segnn")
    assert light[0] == "True True SourceFileLoader"
    assert usual[0].startswith("False True")
    assert light[1] == usual[1]
