"""What a medium adds to a picture: film grain, halation, gate weave, falloff to the corners, tape."""
