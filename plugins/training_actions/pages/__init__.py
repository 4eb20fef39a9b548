"""The pages of training actions: each module is one part, with a blueprint of its own."""
