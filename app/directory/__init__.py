"""The legal services: what they take, when they are open, and to whom their letters are sealed."""
