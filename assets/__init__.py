"""WHAT is made: software-defined assets, one module an artifact family; partitions and placement."""
