"""What may stand on a picture, and which generated pictures may be shown: in doubt a person decides."""
