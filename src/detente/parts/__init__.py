"""Parts of worlds as data, one file each: what a part is called is the name of its file."""
