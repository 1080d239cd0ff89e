"""What happens without a deal, of worlds in equations."""
