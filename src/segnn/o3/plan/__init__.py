"""What is to be computed, as tables: couplings, contractions, mixes, gates, and the layers made of
them.
"""
