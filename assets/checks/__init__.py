"""What every table of an artifact must hold before the artifact is published.

One module a family declares its checks as plain values: names, descriptions, whether a failure blocks, and
which expectations of Great Expectations judge them. Nothing here makes or mends an artifact, and nothing
here knows Dagster: an asset turns the outcomes into its own check results.
"""
