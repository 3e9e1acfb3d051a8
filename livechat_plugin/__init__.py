"""Live chat for Matrix homeservers: customers write, operators answer from the client they already use."""
