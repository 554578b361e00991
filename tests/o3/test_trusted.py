"""Where data are trusted nobody looks at them."""

import torch

from segnn.o3.trusted import any_of, may_look, trusted, trusting


def test_checks_ask_only_where_data_are_not_trusted():
    wrong = torch.tensor([False, True])
    assert (trusted(), may_look(wrong), any_of(wrong)) == (False, True, True)
    with trusting():
        assert (trusted(), may_look(wrong), any_of(wrong)) == (True, False, False)
    assert any_of(wrong)
    assert not may_look(torch.empty(1, device="meta"))
