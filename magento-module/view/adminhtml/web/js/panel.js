/**
 * The buttons of the status panel: each posts to its own address and shows the answer's lines below.
 */
define(['mage/translate'], function ($t) {
    'use strict';

    function show(answer, lines) {
        answer.textContent = '';
        lines.forEach(function (line) {
            var paragraph = document.createElement('p');

            paragraph.textContent = line;
            answer.appendChild(paragraph);
        });
    }

    return function (config, panel) {
        var answer = panel.querySelector('[data-byte8-answer]');

        panel.addEventListener('click', function (event) {
            var button = event.target.closest('[data-byte8-url]'),
                question = button && button.dataset.byte8Confirm;

            if (!button || question && !window.confirm(question)) {
                return;
            }
            button.disabled = true;
            fetch(button.dataset.byte8Url, {
                method: 'POST',
                credentials: 'same-origin',
                headers: {'X-Requested-With': 'XMLHttpRequest'},
                body: new URLSearchParams({'form_key': window.FORM_KEY, isAjax: 'true'})
            }).then(function (response) {
                return response.json();
            }).then(function (data) {
                show(answer, data.lines || [data.message || $t('Something went wrong.')]);
            }).catch(function () {
                show(answer, [$t('Something went wrong.')]);
            }).finally(function () {
                button.disabled = false;
            });
        });
    };
});
