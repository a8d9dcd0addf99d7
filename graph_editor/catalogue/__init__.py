"""What can be placed, read from assets/catalogue. No Qt, no torch."""
