"""What computes the operations of `segnn.o3`: one folder a backend."""
