-- Asks ingest for neuron $4 in layer $3 of the model named $1 from source $2; see request_neuron().
SELECT request_neuron($1, $2, $3, $4)
