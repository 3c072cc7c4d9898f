/**
 * The buttons of a panel: each posts to its own address, with the panel's input if it has one, and shows the answer's
 * lines below. When the answer says that the connection is another one now, the input is emptied.
 */
define(['mage/translate'], function ($t) {
    'use strict';

    function show(answer, lines, isChanged) {
        var link;

        answer.textContent = '';
        lines.forEach(function (line) {
            var paragraph = document.createElement('p');

            paragraph.textContent = line;
            answer.appendChild(paragraph);
        });
        if (isChanged) {
            // The page shows the status before. It is not loaded by itself, because its form may be half filled in.
            link = document.createElement('a');
            link.href = window.location.pathname + window.location.search;
            link.textContent = $t('Show the present status');
            answer.appendChild(link);
        }
    }

    return function (config, panel) {
        var answer = panel.querySelector('[data-byte8-answer]'),
            input = panel.querySelector('[data-byte8-input]');

        if (input) {
            input.addEventListener('keydown', function (event) {
                if (event.key === 'Enter') {
                    // The input belongs to the form of the whole page, which must not be saved.
                    event.preventDefault();
                    panel.querySelector('[data-byte8-url]').click();
                }
            });
        }

        panel.addEventListener('click', function (event) {
            var button = event.target.closest('[data-byte8-url]'),
                body = new URLSearchParams({'form_key': window.FORM_KEY, isAjax: 'true'}),
                question = button && button.dataset.byte8Confirm;

            if (!button || question && !window.confirm(question)) {
                return;
            }
            if (input) {
                body.append(input.dataset.byte8Input, input.value);
            }
            button.disabled = true;
            fetch(button.dataset.byte8Url, {
                method: 'POST',
                credentials: 'same-origin',
                headers: {'X-Requested-With': 'XMLHttpRequest'},
                body: body
            }).then(function (response) {
                return response.json();
            }).then(function (data) {
                if (input && data.accepted) {
                    input.value = '';
                }
                show(answer, data.lines || [data.message || $t('Something went wrong.')], data.accepted);
            }).catch(function () {
                show(answer, [$t('Something went wrong.')]);
            }).finally(function () {
                button.disabled = false;
            });
        });
    };
});
