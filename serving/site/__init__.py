"""The pages that residents see, and what they offer to choose from."""
