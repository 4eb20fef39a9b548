"""The lending desk: what the centre lends, booked for a lesson, handed out and taken back."""
