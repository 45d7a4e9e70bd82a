"""The quality ladder of a finished film: the same pictures in several sizes, packaged for HLS and DASH."""
