import subprocess
import sys


def test_importing_the_simulators_and_the_data_is_cheap():
    code = (
        "import sys, segnn.simulate, segnn.data; print([m for m in ('numba', 'torch', 'vesin') if m"
        " in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
