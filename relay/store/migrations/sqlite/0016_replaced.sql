-- A rejected run whose document came again with other content needs nobody any more.
UPDATE run SET state = 'superseded'
WHERE state = 'rejected'
  AND EXISTS (SELECT 1 FROM run n WHERE n.binding_id = run.binding_id AND n.key = run.key
                                    AND n.generation > run.generation);
