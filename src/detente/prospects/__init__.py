"""What becomes of one package at one table: who clears the line, in what order it is carried out, and how likely each link is."""
