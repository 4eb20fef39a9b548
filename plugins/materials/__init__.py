"""Digital teaching material: handing in, versions, adaptations with their lineage, answers for teachers only."""
