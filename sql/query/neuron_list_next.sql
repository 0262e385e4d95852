-- The next rows of the cursor neuron_list, with the columns of neuron_list.sql.
FETCH FORWARD 1000 FROM neuron_list
