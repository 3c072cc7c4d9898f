/**
 * A field for a day with Magento's calendar. The hidden field after it sends the day as in 2026-11-29, whatever the
 * language is.
 */
define(['jquery', 'mage/translate', 'mage/calendar'], function ($, $t) {
    'use strict';

    var SENT = 'yy-mm-dd';

    return function (config, input) {
        var field = $(input),
            sent = field.closest('.byte8-field').find('input[type="hidden"]'),
            day = sent.val();

        field.calendar({
            dateFormat: config.dateFormat,
            altField: sent,
            altFormat: SENT
        });
        // Magento takes this text from an image that the button does not have.
        field.next('.ui-datepicker-trigger').find('span').text($t('Select Date'));
        try {
            field.datepicker('setDate', $.datepicker.parseDate(SENT, day));
        } catch (e) {
            // What somebody wrote into the address stays, so that the page can name it.
            sent.val(day);
        }
        field.on('change', function () {
            var typed = null;

            try {
                typed = $.datepicker.parseDate(field.datepicker('option', 'dateFormat'), field.val());
            } catch (e) {
                // The message below says it.
            }
            sent.val(typed ? $.datepicker.formatDate(SENT, typed) : '');
            input.setCustomValidity(typed || field.val() === '' ? '' : $t('This is not a date.'));
        });
    };
});
