"""Pictures for people who look at the work: contact sheets, timelines, waveforms."""
