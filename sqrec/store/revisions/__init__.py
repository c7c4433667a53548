"""The revisions of the schema, one file each, frozen: what stands here has been run somewhere."""
