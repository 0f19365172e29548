"""What the containers of recorded video tell of themselves, read without a decoder."""
