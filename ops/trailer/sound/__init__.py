"""The sound of a trailer: mixed to the sample, mastered to its destination."""
