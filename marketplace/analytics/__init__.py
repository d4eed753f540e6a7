"""What sells where: channel events, daily facts rebuilt from them, and the questions asked of those."""
