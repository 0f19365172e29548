"""Training readers and aligners: data sets, sampling, loss, averaging."""
