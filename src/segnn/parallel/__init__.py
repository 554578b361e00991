"""One graph over several processes: who owns which nodes, and what they tell each other."""
