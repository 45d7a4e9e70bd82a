"""Engines: the models behind the Protocols that ops asks for."""
