"""Pure functions over batches of elements, as steps of a Beam graph. What the steps do is elsewhere."""
