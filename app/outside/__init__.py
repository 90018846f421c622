"""The world beyond the house: texts, mail, the queue. One exception each, and no vendor is known elsewhere."""
