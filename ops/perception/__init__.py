"""What pictures look like to a network: features that losses, previews and style networks compare."""
