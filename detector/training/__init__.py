"""Training the detector: data sets, augmentation, evaluation."""
