"""WHEN and WHERE: definitions, jobs, batch runs, schedules, sensors, the command line."""
