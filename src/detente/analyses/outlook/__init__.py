"""What happens without a deal?"""
