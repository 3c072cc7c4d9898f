/**
 * A field for a day with Magento's calendar. A hidden field sends the day as in 2026-11-29, whatever the language is.
 */
define(['jquery', 'mage/translate', 'mage/calendar'], function ($, $t) {
    'use strict';

    var SENT = 'yy-mm-dd';

    return function (config, input) {
        var field = $(input),
            sent = $('<input type="hidden">').attr('name', config.name).insertAfter(input);

        field.calendar({
            dateFormat: config.dateFormat,
            buttonText: $t('Select Date'),
            altField: sent,
            altFormat: SENT
        });
        if (config.day) {
            field.datepicker('setDate', $.datepicker.parseDate(SENT, config.day));
        }
        field.on('change', function () {
            var day = null;

            try {
                day = $.datepicker.parseDate(field.datepicker('option', 'dateFormat'), field.val());
            } catch (e) {
                // The message below says it.
            }
            sent.val(day ? $.datepicker.formatDate(SENT, day) : '');
            input.setCustomValidity(day || field.val() === '' ? '' : $t('This is not a date.'));
        });
    };
});
