"""The API's document says what the API does, and what it says can be read by everybody's tools."""
from tests.operations import valid_requests
from tests.document import OPERATIONS

def test_every_operation_answers_as_documented(newsroom):
    requests = valid_requests(newsroom)
    assert requests.keys() == OPERATIONS.keys()
    for request in requests.values():
        answer = request.send(newsroom)
        assert answer.status_code < 300, (request, answer.data)
